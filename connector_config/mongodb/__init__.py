"""MongoDB, reached the same way by the seeder, the link and the tests."""
