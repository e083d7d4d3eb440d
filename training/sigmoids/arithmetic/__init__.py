"""What a sum of sigmoids computes: numpy alone, and nothing of scikit-learn."""
