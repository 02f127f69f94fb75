"""Generated forms: one `SpecForm` serves every family of the specification."""
