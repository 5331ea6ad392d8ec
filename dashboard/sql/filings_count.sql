SELECT count(*) AS filings FROM live.listing m WHERE {where}
