"""The pages of the policies: reading them, and changing them."""
