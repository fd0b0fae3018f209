//! A client of Prefect servers without input and output of its own: it says which request to send next, and reads the
//! response. The caller sends, waits, and provides the time.
