"""Pictures as files, by matplotlib, which is optional."""
