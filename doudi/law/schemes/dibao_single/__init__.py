"""单人保: one person's dibao inside a family that as a whole is not dibao."""
