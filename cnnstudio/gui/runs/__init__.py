"""The Runs stage's panels: the runs of a project, their curves over each other, what changed.

Lists come from `runs.catalog` off the window's thread; whole runs come in as replays from outside.
"""
