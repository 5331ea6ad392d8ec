"""From readings to typed tables: contracts, register of agencies, frames."""
