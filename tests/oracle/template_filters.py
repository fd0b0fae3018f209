"""What tests/oracle/templates.py renders beside template_list: each filter with each kind of value, because the filters
fail for some kinds and the templates of others hide that."""

VALUES = {
    "order": [
        "event.payload.msg",
        "event.payload.coupon",
        "event.payload.paid",
        "event.payload.gift",
        "event.payload.total",
        "event.payload.price",
        "event.payload.text",
        "event.payload.number_text",
        "event.payload.empty",
        "event.payload.numbers",
        "event.payload.names",
        "event.payload.items[:2]",
        "event.payload.nested.a",
        "event.payload.none",
        "event.occurred",
        "event.id",
        "event",
        "event.resource",
        "labels",
        "('a<b' | e)",
        "(1, 'a')",
        "range(3)",
        "(event.payload.numbers | map('string'))",
        "event.payload.nested.a.values()",
    ],
    # With the objects of the server, and a trigger whose sets have one item: their order depends on chance.
    "crashed": ["automation.trigger", "flow", "flow_run.state.type", "flow_run.total_run_time"],
}

# Arguments of another type than the filter expects.
ARGUMENTS = ["event.payload.msg", "none", "'x'", "'2'", "2.5", "true", "[1]", "-1"]
WITH_ARGUMENTS = {
    "event.payload.text": [
        "center({})",
        "indent({})",
        "int(base={})",
        "replace({}, 'b')",
        "replace('l', {})",
        "replace('l', 'L', {})",
        "trim({})",
        "truncate({})",
        "truncate(5, leeway={})",
        "truncate(5, end={})",
        "wordwrap({})",
        "wordwrap(5, wrapstring={})",
        "attr({})",
        "format({})",
        "tojson({})",
    ],
    "event.payload.names": [
        "batch({}) | list",
        "slice({}) | list",
        "join({})",
        "join(attribute={})",
        "sort(attribute={})",
        "max(attribute={})",
        "groupby({})",
        "unique(attribute={}) | list",
        "map({}) | list",
        "map(attribute={}) | list",
        "select({}) | list",
        "selectattr({}) | list",
    ],
    "event.payload.numbers": ["sum(start={})", "sum({})"],
    "event.payload.price": [
        "round({})",
        "round(1, {})",
        "humanize_intcomma({})",
        "humanize_naturalsize({})",
        "humanize_precisedelta({})",
        "humanize_naturaltime({})",
    ],
    "event.payload.nested": ["dictsort(by={})"],
}

FILTERS = [
    "abs",
    "attr('a')",
    "batch(2) | list",
    "capitalize",
    "center(5)",
    "count",
    "d",
    "default('d', true)",
    "dictsort",
    "e",
    "filesizeformat",
    "filesizeformat(true)",
    "first",
    "float",
    "flow_run_id",
    "forceescape",
    "format(1)",
    "groupby('sku') | list",
    "humanize_intcomma",
    "humanize_intword",
    "humanize_naturaldelta",
    "humanize_naturalsize",
    "humanize_naturaltime",
    "humanize_ordinal",
    "humanize_precisedelta",
    "humanize_apnumber",
    "indent",
    "indent(first=true)",
    "int",
    "items | list",
    "join('-')",
    "join(attribute='sku')",
    "last",
    "list",
    "lower",
    "map('upper') | list",
    "map(attribute='sku') | list",
    "max",
    "min",
    "pprint",
    "reject('odd') | list",
    "rejectattr('sku') | list",
    "replace('a', 'b')",
    "replace(1, 2)",
    "reverse | list",
    "round",
    "round(1, 'floor')",
    "safe",
    "select | list",
    "selectattr('sku', 'eq', 'a-1') | list",
    "slice(2) | list",
    "sort",
    "sort(attribute='sku')",
    "string",
    "striptags",
    "sum",
    "title",
    "tojson",
    "trim",
    "trim('a')",
    "truncate(4)",
    "ui_url",
    "unique | list",
    "upper",
    "urlencode",
    "wordcount",
    "wordwrap(4)",
    "xmlattr",
]

# Operations on the server's objects, and others that failed here only, or there only.
OTHERS = {
    "order": [
        "{{ -0.5 | filesizeformat }}",
        "{{ '1_000' | filesizeformat }}",
        "{{ event.payload.negative | filesizeformat }}",
        "{{ 4.6 | humanize_naturaltime }} {{ -4.5 | humanize_naturaltime }} {{ -4.5 | humanize_naturaltime(future=true) }}",
        "{{ '5.5' | humanize_intword }} {{ '5.5' | humanize_ordinal }} {{ '1e5' | humanize_intcomma }} {{ '1,234.5' | humanize_intcomma }}",
        "{{ [event.payload.msg, event.payload.x] | sort }}",
        "{{ [{}, {}] | sort }}",
        "{{ [{}, {'a': 1}] | sort }}",
        "{{ [{'a,b': 2}, {'a,b': 1}] | max(attribute='a,b') }}",
        "{{ event.payload.items | groupby('nope', default='x') | length }}",
        "{{ [] | map }}{{ none | map('nope') | list }}",
        "{{ event.payload.paid.bit_length() }} {{ event.payload.total.bit_length() }} {{ event.payload.paid.real }}",
        "{{ event.payload.total.bit_count() }} {{ event.payload.total.conjugate() }} {{ event.payload.price.real }}",
        "{% call m() %}x{% endcall %}",
        "{% call event.payload.m() %}x{% endcall %}",
        "{{ m() }}",
        "x{{ event.id }}{% filter length %}y{% endfilter %}",
        "x{{ 'y' }}z{% if true %}{% filter length %}y{% endfilter %}{% endif %}",
        "{% filter upper %}a<b{% endfilter %}{% autoescape true %}{% filter upper %}a<b{{ 'c<d' }}{% endfilter %}{% endautoescape %}",
        "{% set x %}{% filter length %}y{% endfilter %}{% endset %}{{ x }}",
        "{% set x | length %}abc{% endset %}{{ x }}",
        "{{ event.model_dump() }}",
        "{{ event.model_dump(mode='json') }}",
        "{{ event.model_dump_json() }}",
        "{{ event.resource.model_dump() }}",
        "{{ automation.actions }}",
        "{{ automation.actions | tojson }}",
    ],
    "crashed": [
        "{{ automation }}",
        "{{ automation | tojson }}",
        "{{ automation.model_dump() }}",
        "{{ automation.actions[0].subject }}",
        "{{ firing | tojson }}",
        "{{ firing.model_dump() }}",
        "{{ flow.model_dump() }}",
    ],
    "silent": ["{{ firing | tojson }}", "{{ firing.model_dump() }}"],
    "both": ["{{ firing | tojson }}", "{{ firing.model_dump() }}", "{{ automation | tojson }}"],
}


def templates() -> list[tuple[str, str]]:
    found = [
        (context, f"{{{{ {value} | {name} }}}}")
        for name in FILTERS
        for context, values in VALUES.items()
        for value in values
        # It counts the words of an address in memory.
        if (value, name) != (VALUES["order"][-2], "wordcount")
    ]
    found += [
        ("order", f"{{{{ {value} | {name.format(argument)} }}}}")
        for value, names in WITH_ARGUMENTS.items()
        for name in names
        for argument in ARGUMENTS
    ]
    found += [
        ("order", f"{{% filter {name} %}}a {{{{ event.payload.total }}}}\nb{{% endfilter %}}")
        for name in FILTERS
        if "| list" not in name
    ]
    return found + [(context, template) for context, all_of_it in OTHERS.items() for template in all_of_it]
