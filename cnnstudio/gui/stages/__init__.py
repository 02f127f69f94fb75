"""The pages of the stage rail: each file sets panels beside each other and joins their selections.

A stage knows its panels; no panel knows its stage.
"""
