"""What every resource of the open data builds on: paging, spreadsheets, problems, limits and the OpenAPI document."""
