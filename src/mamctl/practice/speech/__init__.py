"""Practice speech services that speak Azure's and Google's wire forms."""
