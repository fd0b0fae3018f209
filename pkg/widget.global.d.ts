export {};

declare global {
  /** Settings of `<script src="widget.global.js">`, set by a script before it. */
  var prefectEventsWidget:
    | {
        /** The folder of `widget.author.json`, if that is not the folder of the script. */
        files?: string;
        /** Attributes that each widget gets, such as `{ readonly: "" }`. */
        attributes?: { [name: string]: string };
      }
    | undefined;
}
