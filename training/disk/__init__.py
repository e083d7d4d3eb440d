"""Files that are whole or absent: written beside, checked, renamed."""
