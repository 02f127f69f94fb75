"""The health check: measure every image once, then look for what is wrong with the set.

`measure.measure` reads the files, `check.check` turns the table into a `report.HealthReport`; each
other file holds the findings of one subject, as pure functions over that table.
"""
