"""Who works here and what they may see: regions, officers, scope, field encryption, audit, files."""
