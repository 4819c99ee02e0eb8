"""What would a script do? Revision scripts run against a recorder, without a database."""
