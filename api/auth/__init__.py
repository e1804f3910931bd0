"""Who may call: a bearer token, or a browser session in a cookie."""
