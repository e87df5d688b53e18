"""The pages and the API: settings, addresses, middleware and base templates."""
