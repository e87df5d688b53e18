"""The trade, one folder a subject. A room leans only on rooms before it.

audit · organisation · jobs · policies · decisions · sampling · reviews · quality · demo
"""
