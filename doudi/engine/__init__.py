"""One text of the law at every scale: read once, evaluated for one household, a county or the nation."""
