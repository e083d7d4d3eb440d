"""The model as it is saved and served: windows, sums of sigmoids, effects of events. Uses numpy only."""
