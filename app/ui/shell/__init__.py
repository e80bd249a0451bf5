"""The window around the screens: navigation, command bar, sign-in, status line."""
