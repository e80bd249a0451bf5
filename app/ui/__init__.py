"""The screens: each feature has a screen (widgets only) and a view model."""
