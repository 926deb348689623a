"""Watch: looks at and listens to each studio on air, in a process of its own, and raises alarms."""
