// A site like those of Mintlify: rendered on a server, hydrated by React as a whole document, with navigation that does not
// reload the page. Its code blocks are Mintlify's components (`@mintlify/components`).

import { CodeBlock, CodeGroup } from "@mintlify/components";
import { createContext, createElement, useContext, useEffect, useState } from "react";

const Navigation = createContext(/** @type {(path: string) => void} */ (() => {}));

/** Shiki's output for a code block as React elements, like the compiled pages of Mintlify. */
function highlighted(node) {
  if (node.type === "text") return node.value;
  const { class: className, style = "", ...others } = node.properties ?? {};
  const styles = Object.fromEntries(
    style
      .split(";")
      .filter(Boolean)
      .map((rule) => rule.split(/:(.*)/s))
      .map(([name, value]) => [
        name.startsWith("--") ? name : name.replace(/-./g, (dash) => dash[1].toUpperCase()),
        value,
      ]),
  );
  const properties = {
    ...others,
    ...(className && { className }),
    ...(style && { style: styles }),
  };
  return createElement(node.tagName, properties, ...node.children.map(highlighted));
}

/** A group reads the properties of its blocks, so the blocks must not be wrapped. */
const code = ({ language, title, text, tree }) => (
  <CodeBlock
    language={language}
    filename={title}
    numberOfLines={text.split("\n").length}
    key={title}
  >
    {highlighted(tree)}
  </CodeBlock>
);

function Link({ to, children }) {
  const go = useContext(Navigation);
  return (
    <a
      className="link"
      href={to}
      onClick={(event) => {
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </a>
  );
}

function Part({ part }) {
  if (part.blocks) {
    return <CodeGroup>{part.blocks.map(code)}</CodeGroup>;
  }
  if (part.text !== undefined && part.language) return code(part);
  if (part.link) {
    return (
      <p>
        Go to <Link to={part.link}>{part.title}</Link>.
      </p>
    );
  }
  return part.high ? <div style={{ height: part.high }} /> : <p>{part.text}</p>;
}

/** The state of a page's buttons, such as a vote, renders the page repeatedly. */
function Page({ page }) {
  const [votes, vote] = useState(0);
  return (
    <div id="content-area" className="relative grow" data-votes={votes}>
      <header id="header">
        <h1 id="page-title">{page.title}</h1>
      </header>
      <div
        className="mdx-content prose dark:prose-invert"
        id="content"
        data-page-title={page.title}
      >
        {page.parts.map((part, index) => (
          <Part part={part} key={String(index)} />
        ))}
        {votes > 0 && <p>Thank you.</p>}
      </div>
      <button type="button" id="feedback-thumbs-up" onClick={() => vote(votes + 1)}>
        Yes
      </button>
    </div>
  );
}

function ThemeSwitch() {
  return (
    <button
      type="button"
      aria-label="Toggle dark mode"
      onClick={() => {
        const { classList, style } = document.documentElement;
        const isDark = classList.toggle("dark");
        classList.toggle("light", !isDark);
        style.colorScheme = isDark ? "dark" : "light";
      }}
    >
      Theme
    </button>
  );
}

/** The whole document, as Next.js renders it. */
export function Site({ pages, path: first, scripts }) {
  const [path, show] = useState(first);
  useEffect(() => {
    const back = () => show(location.pathname);
    addEventListener("popstate", back);
    document.documentElement.dataset.hydrated = "true";
    return () => removeEventListener("popstate", back);
  }, []);
  const go = (to) => {
    history.pushState(null, "", to);
    show(to);
    scrollTo(0, 0);
  };
  return (
    <html lang="en" className="light" suppressHydrationWarning>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{pages[path].title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/_next/static/css/components.css" />
        <link rel="stylesheet" href="/_next/static/css/site.css" />
        <script src="/theme.js" />
      </head>
      <body>
        <Navigation value={go}>
          <div id="navbar">
            <ThemeSwitch />
            <Link to="/">Events</Link>
            <Link to="/automations">Automations</Link>
          </div>
          <main id="body-content">
            <Page page={pages[path]} key={path} />
          </main>
        </Navigation>
        {scripts.map((src) => (
          <script src={src} key={src} defer />
        ))}
      </body>
    </html>
  );
}
