"""What is kept in a database: histories, what each upload changed, forecasts that wait for their truth."""
