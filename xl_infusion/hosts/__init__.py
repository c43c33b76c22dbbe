"""Where the worksheet functions run, one folder a place. Only they import xlwings: `excel`, `lite` and `server`."""
