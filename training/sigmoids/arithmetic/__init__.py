"""The arithmetic of a sum of sigmoids, with numpy only and without scikit-learn."""
