"""What happened: events, findings, histories, run folders and their catalogue.

Everything here is plain values and plain files: no Qt, no Keras. A run is its folder; whatever
else knows about runs can be rebuilt from the folders. New kinds of event go into `events.py`,
which the worker writes, the window follows and the doctor reads.
"""
