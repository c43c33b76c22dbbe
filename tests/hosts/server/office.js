// A stand-in for Office.js in Excel, as far as the task pane of xlwings Server and custom functions go: what the page
// calls of it, and how Excel calls a custom function and takes its result, as Microsoft documents both
// (learn.microsoft.com/office/dev/add-ins/excel: custom-functions-json, custom-functions-data-types-concepts,
// custom-functions-errors). What Excel would not take it refuses with an Error, so that a test fails.
(() => {
  const runtime = globalThis.customFunctionsRuntime; // set before the page: "1.4" is Microsoft 365
  const functions = new Map();

  class FunctionError extends Error {
    constructor(code, message) {
      super(message);
      this.code = code;
    }
  }
  const atLeast = (wanted, there) => {
    const [a, b] = [wanted, there].map((one) => one.split(".").map(Number));
    return b[0] > a[0] || (b[0] === a[0] && b[1] >= a[1]);
  };
  globalThis.CustomFunctions = {
    associate(id, called) {
      if (functions.has(id)) throw new Error(`${id} is associated twice`);
      functions.set(id, called);
    },
    Error: FunctionError,
    ErrorCode: {
      divisionByZero: "#DIV/0!", invalidName: "#NAME?", invalidNumber: "#NUM!", invalidReference: "#REF!",
      invalidValue: "#VALUE!", notAvailable: "#N/A", nullReference: "#NULL!",
    },
  };
  globalThis.Office = {
    onReady(then) {
      const info = { host: "Excel", platform: "PC" };
      then?.(info);
      return Promise.resolve(info);
    },
    initialize() {},
    actions: { associate() {} },
    addin: { setStartupBehavior: async () => {}, showAsTaskpane: async () => {} },
    context: {
      requirements: {
        isSetSupported: (name, version) => atLeast(version ?? "1.1", name === "CustomFunctionsRuntime" ? runtime : "1.17"),
      },
      diagnostics: { host: "Excel", platform: "PC", version: "16.0.0.0" },
    },
  };

  // an object whose properties can be read only after load() and sync(), as Office.js has it
  const loadable = (values, context) => {
    const asked = new Set();
    const made = { load(names) { [names].flat().forEach((name) => asked.add(name)); context.waiting.push(() => asked.forEach((name) => seen.add(name))); return made; } };
    const seen = new Set();
    for (const [name, value] of Object.entries(values)) {
      const get = () => {
        if (typeof value !== "object" && !seen.has(name)) throw new Error(`${name} was read before it was loaded`);
        return value;
      };
      Object.defineProperty(made, name, { get });
    }
    return made;
  };
  class RequestContext {
    constructor() {
      this.waiting = [];
      const worksheets = loadable({}, this);
      for (const event of ["onCalculated", "onChanged", "onActivated", "onAdded", "onDeleted"]) worksheets[event] = { add() {} };
      worksheets.items = [];
      this.workbook = loadable({ name: "claims.xlsx", worksheets }, this);
      const datetimeFormat = loadable({ shortDatePattern: "m/d/yyyy" }, this);
      this.application = { cultureInfo: loadable({ name: "en-US", datetimeFormat }, this) };
    }
    async sync() {
      this.waiting.splice(0).forEach((one) => one());
    }
  }
  globalThis.Excel = { RequestContext, run: async (does) => does(new RequestContext()) };

  const KINDS = new Set(["Div0", "NotAvailable", "Name", "Null", "Num", "Ref", "Value"]);
  const checked = (cell) => {
    if (typeof cell === "string" || typeof cell === "boolean" || Number.isFinite(cell)) return;
    if (cell === null || typeof cell !== "object") throw new Error(`a cell cannot be ${cell}`);
    if (!atLeast("1.4", runtime)) throw new Error(`runtime ${runtime} knows no data types: ${JSON.stringify(cell)}`);
    const { type, ...rest } = cell;
    const keys = Object.keys(rest).sort().join();
    if (type === "Error" && keys === "errorType" && KINDS.has(rest.errorType)) return;
    if (type === "FormattedNumber" && keys === "basicValue,numberFormat" && Number.isFinite(rest.basicValue) && rest.numberFormat) return;
    throw new Error(`no cell value: ${JSON.stringify(cell)}`);
  };

  // A formula in a cell: its function by name; arguments as rows of cells, null for one that is left out.
  globalThis.calculate = async (metadata, name, given) => {
    const told = metadata.functions.find((one) => one.name === name);
    if (!told) return { error: "#NAME?" };
    const needed = told.parameters.filter((one) => !one.optional).length;
    if (given.length > told.parameters.length || given.slice(0, needed).length < needed) {
      throw new Error(`${name}: Excel takes no formula with ${given.length} arguments`);
    }
    const called = functions.get(told.id);
    if (!called) throw new Error(`${told.id} is not associated`);
    const invocation = { functionName: told.id, address: "Claim!A1", parameterAddresses: told.parameters.map(() => null) };
    try {
      const rows = await called(...told.parameters.map((_, at) => given[at] ?? null), invocation);
      if (!Array.isArray(rows) || !rows.length || !rows.every((row) => Array.isArray(row) && row.length && row.length === rows[0].length)) {
        throw new Error(`${name}: not rows of one length`);
      }
      rows.flat().forEach(checked);
      return { value: rows };
    } catch (error) {
      if (error instanceof FunctionError) return { error: error.code, message: error.message };
      throw error;
    }
  };
})();
