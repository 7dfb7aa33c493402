"""防止返贫监测对象: a rural family at risk of falling back, or into, poverty; three categories."""
