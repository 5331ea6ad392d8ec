SELECT place FROM live.listing m WHERE {where} ORDER BY {order} LIMIT $page
