"""Other departments' files about the same invented people, and what was hidden in them on purpose."""
