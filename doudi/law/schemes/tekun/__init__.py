"""特困人员救助供养: old, disabled or child, without labour, means or anyone obliged and able."""
