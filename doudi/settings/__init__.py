"""Django settings of doudi: `doudi.settings.base`, and `doudi.settings.test` for the tests of the rooms."""
