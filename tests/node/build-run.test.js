
test("what JSON would drop is misuse", () => {
  for (const spec of [new Map([["flow", "a"]]), { flow: "etl", ends: Number.NaN }])
    assert.throws(() => buildRun(/** @type {any} */ (spec)), { name: "TypeError" });
});
