// Runs a main.py as xlwings Lite does, in a real Pyodide, and answers calls that come in as lines of JSON.
//
//   node run.mjs PYODIDE MAIN.PY XLWINGS.WHL       with XLWINGS_LICENSE_KEY in the environment: through xlwings' own
//                                                  half of Office.js, which asks for a licence; without: the functions
//                                                  as main.py publishes them, called with what Office.js hands over
//
// In, a line each: {"function": "JUNITS", "arguments": [[["meropenem"]], [["1 g"]], null]}, arguments as Office.js
// sends them (null for one left out). Out: {"value": ...} with error cells and dates as Excel is given them.
import fs from "node:fs";
import readline from "node:readline";
import { performance } from "node:perf_hooks";

const [name, main, wheel] = process.argv.slice(2);
const began = performance.now();
const { loadPyodide } = await import(name);
const python = await loadPyodide();
const loaded = performance.now();

const key = process.env.XLWINGS_LICENSE_KEY;
python.globals.set("settings", python.toPy(key ? { XLWINGS_ON_SERVER: "true", XLWINGS_LICENSE_KEY: key } : {}));
python.runPython("import os, sys; os.environ.update(settings); sys.path.insert(0, '')");
python.unpackArchive(new Uint8Array(fs.readFileSync(wheel)), "wheel");
python.FS.writeFile("main.py", fs.readFileSync(main, "utf8"));
python.runPython("import xlwings");
const installed = performance.now();
python.runPython("import main");
const imported = performance.now();

// What Lite does around a call: xlwings' own where it is licensed, else the same steps without it.
python.runPython(`
import datetime as dt, json
import xlwings.utils

def blank(cell):
    return None if cell is None or type(cell).__name__ == "JsNull" else cell

if settings:
    import xlwings.server
    async def answer(function, arguments):
        data = {"client": "Office.js", "func_name": function, "args": arguments, "version": xlwings.__version__,
                "caller_address": "[Book.xlsx]Sheet!A1", "runtime": "1.4", "date_format": "m/d/yyyy",
                "culture_info_name": "en-US"}
        return await xlwings.server.custom_functions_call(data, main)
else:
    def cell(value):
        value = blank(value)
        if isinstance(value, dict):
            value = value["basicValue"]
        return None if value == "" else value
    def shown(value):
        if isinstance(value, dt.datetime):
            days = (value - dt.datetime(1899, 12, 30)) / dt.timedelta(1)
            return {"type": "FormattedNumber", "basicValue": days, "numberFormat": "m/d/yyyy"}
        known = {"#DIV/0!": "Div0", "#N/A": "NotAvailable", "#NAME?": "Name", "#NULL!": "Null", "#NUM!": "Num",
                 "#REF!": "Ref", "#VALUE!": "Value"}
        return {"type": "Error", "errorType": known[value]} if isinstance(value, str) and value in known else value
    async def answer(function, arguments):
        import inspect
        called = getattr(main, function)
        defaults = [one.default for one in inspect.signature(called).parameters.values()]
        taken = [
            default if (blank(argument) is None or (len(argument) == 1 and len(argument[0]) == 1
                        and blank(argument[0][0]) is None)) else [[cell(one) for one in row] for row in argument]
            for argument, default in zip(arguments, defaults, strict=True)
        ]
        taken = [None if one is inspect.Parameter.empty else one for one in taken]
        rows = called(*taken)
        if not isinstance(rows, list):
            rows = [[rows]]
        elif not rows or not isinstance(rows[0], list):
            rows = [rows]
        return [[shown(one) for one in row] for row in rows]

async def answered(call):
    call = call.to_py()
    return json.dumps(await answer(call["function"], call["arguments"]))

about = json.dumps({
    "python": sys.version.split()[0], "xlwings": xlwings.__version__, "through": xlwings.func.__module__,
    "names": [name for name in dir(main) if hasattr(getattr(main, name), "__xlfunc__")],
    "files": sorted(name for name in os.listdir(".")), "is_jsnull": xlwings.utils.is_jsnull.__module__,
    "functions": xlwings.server.custom_functions_meta(main)["functions"] if settings else [],
})
`);
const answered = python.globals.get("answered");
const say = (told) => process.stdout.write(JSON.stringify(told) + "\n");
say({
  ...JSON.parse(python.globals.get("about")),
  seconds: { pyodide: (loaded - began) / 1000, xlwings: (installed - loaded) / 1000, main: (imported - installed) / 1000 },
});
for await (const line of readline.createInterface({ input: process.stdin })) {
  const call = JSON.parse(line);
  const start = performance.now();
  try {
    const value = await answered(call);
    say({ seconds: (performance.now() - start) / 1000, value: JSON.parse(value) });
  } catch (error) {
    say({ error: String(error) });
  }
}
process.exit(0);
