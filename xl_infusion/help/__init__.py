"""What is told of a worksheet function: its help page, its examples, its metadata."""
