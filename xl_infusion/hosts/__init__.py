"""Where the worksheet functions run, one module a place. `excel` is the only one that imports xlwings."""
