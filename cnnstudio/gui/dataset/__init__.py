"""The images as one sees them: the browser, its class bars, one image in detail, its settings.

`DatasetBrowser` is the same panel on every stage; `newest_first.py` is the one way in which image
work leaves the window's thread. Nothing here changes a file on disk.
"""
