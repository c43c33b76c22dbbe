"""Stand-ins for what only Windows has: pywin32, VBA, and Excel's grid. Each does what xlwings touches, no more."""
