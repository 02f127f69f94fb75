"""WHY: evidence in, findings and remedies out; pure Python and NumPy, no Keras, no Qt.

`static.py` judges an experiment before it runs, `forks.py` says which short controlled runs would
settle the matter, `diagnose.py` draws the conclusion from all evidence. What a cause is stands in
`causes.py`; what reveals it is one function in `rules/`. The same evidence gives the same answer.
"""
