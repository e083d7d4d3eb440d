"""Write files completely or not at all: under a temporary name first, then checked and renamed."""
