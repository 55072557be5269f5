namespace FuelSessions;
/// <summary>Placeholder.</summary>
public sealed class Session { /// <summary>x</summary>
 public string Token => ""; /// <summary>x</summary>
 public static Session Current => null!; /// <summary>x</summary>
 public void SetConfig(string a, object b) {} }
