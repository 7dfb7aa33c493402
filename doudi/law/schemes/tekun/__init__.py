"""特困人员救助供养: the old, the disabled and children without labour, without means and without anyone obliged and able."""
