"""What is saved and what serves: windows, the fitted sum, the effects of events. numpy alone."""
