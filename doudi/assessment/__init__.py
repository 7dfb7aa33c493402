"""What the law says about a household: verdicts, amounts, reasons, and a receipt for every figure."""
