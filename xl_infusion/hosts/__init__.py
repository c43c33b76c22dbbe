"""Where the worksheet functions run, one module a place. Only they import xlwings: `excel` and `lite`."""
