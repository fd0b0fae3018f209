import "@fontsource/ibm-plex-sans/latin-400.css";
import "@fontsource/ibm-plex-sans/latin-600.css";
import "./style/tokens.css";
import "./style/base.css";
import "./style/shell.css";
import "./app.ts";
