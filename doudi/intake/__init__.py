"""What was said: files as read, batches as received, leads. Empty: the readers need no database."""
