"""How the window draws curves: a chart of bands over one axis of steps, its scales, its pace.

Every curve of the program goes through here, so that lines, names and numbers look alike
everywhere. Change a look in `lines`, a number's words in `scale`; nothing here knows a run.
"""
