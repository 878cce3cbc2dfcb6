"""Golden files: what every command prints on one practice world, as JSON and as text; renewed by `make golden`."""
